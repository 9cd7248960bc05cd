<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- The contact sheet of a batch: its figures, what was found, and the cards.
     On the web (batch.xsl) and as one file (sheet.xsl). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">

  <xsl:template name="sheet">
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Batch')"/></dt><dd class="id"><xsl:value-of select="batch/@id"/></dd>
      <dt><xsl:value-of select="t:t('From the folder')"/></dt><dd class="id"><xsl:value-of select="batch/@source"/></dd>
      <dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="batch/@site"/></xsl:call-template></dd>
      <dt><xsl:value-of select="t:t('Received')"/></dt><dd><xsl:call-template name="moment"><xsl:with-param name="utc" select="batch/@received"/></xsl:call-template></dd>
      <dt><xsl:value-of select="t:t('Files')"/></dt><dd><xsl:value-of select="batch/@files"/></dd>
      <dt><xsl:value-of select="t:t('Pages taken in')"/></dt><dd><xsl:value-of select="batch/@pages"/></dd>
      <dt><xsl:value-of select="t:t('Files to look at')"/></dt><dd><xsl:value-of select="batch/@warned"/></dd>
      <dt><xsl:value-of select="t:t('Files set aside')"/></dt><dd><xsl:value-of select="batch/@rejected"/></dd>
      <xsl:if test="batch/@unkept != 0">
        <dt><xsl:value-of select="t:t('Pages NOT kept')"/></dt><dd><strong><xsl:value-of select="batch/@unkept"/></strong></dd>
      </xsl:if>
    </dl>
    <xsl:if test="batch/@in-work">
      <p class="notice"><xsl:value-of select="t:t('The pages of this batch are still being read.')"/></p>
    </xsl:if>
    <xsl:if test="batch/@elsewhere">
      <p class="notice"><xsl:value-of select="t:t('Pages of this batch are in volumes of another site, and are seen there alone.')"/></p>
    </xsl:if>
    <xsl:if test="rule">
      <h2><xsl:value-of select="t:t('What was found')"/></h2>
      <ul class="rules">
        <xsl:for-each select="rule">
          <li>
            <span class="severity {@severity}"><xsl:call-template name="severity-name"><xsl:with-param name="severity" select="@severity"/></xsl:call-template></span>
            <xsl:text> </xsl:text>
            <xsl:call-template name="rule-name"><xsl:with-param name="rule" select="@id"/></xsl:call-template>
            <xsl:text> · </xsl:text>
            <xsl:value-of select="t:n('%1 time', '%1 times', @count)"/>
          </li>
        </xsl:for-each>
      </ul>
    </xsl:if>
    <xsl:if test="volume">
      <h2><xsl:value-of select="t:t('Of whole volumes')"/></h2>
      <ul class="findings">
        <xsl:for-each select="volume">
          <li>
            <span class="severity {@severity}"><xsl:call-template name="severity-name"><xsl:with-param name="severity" select="@severity"/></xsl:call-template></span>
            <xsl:text> </xsl:text>
            <strong><xsl:call-template name="rule-name"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></strong>
            <xsl:text> </xsl:text>
            <span class="id"><xsl:value-of select="@id"/></span>
            <div><xsl:call-template name="rule-advice"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></div>
            <div class="hint" lang="en"><xsl:value-of select="@message"/></div>
          </li>
        </xsl:for-each>
      </ul>
    </xsl:if>
    <ol class="shots">
      <xsl:apply-templates select="card"/>
    </ol>
  </xsl:template>

  <xsl:template match="card">
    <li class="shot {@worst}" id="card-{@anchor}">
      <xsl:choose>
        <xsl:when test="@scan">
          <a class="scan" href="{@scan}" title="{t:t('Full size')}"><xsl:call-template name="card-picture"/></a>
        </xsl:when>
        <xsl:otherwise><xsl:call-template name="card-picture"/></xsl:otherwise>
      </xsl:choose>
      <h3>
        <xsl:choose>
          <xsl:when test="@number">
            <xsl:value-of select="t:t('Page %1', @number)"/>
            <xsl:if test="@label != '' and @label != @number"> (<xsl:value-of select="@label"/>)</xsl:if>
          </xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('Set aside')"/></xsl:otherwise>
        </xsl:choose>
      </h3>
      <xsl:if test="@page"><div class="id"><xsl:value-of select="@page"/></div></xsl:if>
      <div class="id">
        <xsl:value-of select="@file"/>
        <xsl:if test="@image"> · <xsl:value-of select="t:t('image %1', @image)"/></xsl:if>
      </div>
      <xsl:call-template name="card-state"/>
      <ul class="findings">
        <xsl:apply-templates select="finding[@severity = 'error']"/>
        <xsl:apply-templates select="finding[@severity = 'warning']"/>
        <xsl:apply-templates select="finding[@severity = 'info']"/>
      </ul>
      <xsl:if test="@href">
        <a href="{@href}"><xsl:value-of select="t:t('Open the page')"/></a>
      </xsl:if>
    </li>
  </xsl:template>

  <!-- Findings with a place are outlined on the picture, in pixels of the scan;
       a fax has pixels that are higher than wide. -->
  <xsl:template name="card-picture">
    <xsl:choose>
      <xsl:when test="@picture and @width">
        <svg class="thumb" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {@width} {@height * @stretch}">
          <title><xsl:value-of select="@file"/></title>
          <g transform="scale(1 {@stretch})">
            <image href="{@picture}" width="{@width}" height="{@height}" preserveAspectRatio="none"/>
            <xsl:for-each select="finding[@w]">
              <rect class="{@severity}" x="{@x}" y="{@y}" width="{@w}" height="{@h}"/>
            </xsl:for-each>
          </g>
        </svg>
      </xsl:when>
      <xsl:when test="@picture"><img class="thumb" src="{@picture}" alt="{@file}" loading="lazy"/></xsl:when>
      <xsl:otherwise><div class="thumb none"><xsl:value-of select="t:t('no picture')"/></div></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="card-state">
    <xsl:if test="@state and @state != 'packed'">
      <p class="state">
        <xsl:choose>
          <xsl:when test="@state = 'duplicate'"><xsl:value-of select="t:t('these bytes are in the archive already')"/></xsl:when>
          <xsl:when test="@state = 'repeated'"><xsl:value-of select="t:t('these bytes are another page already')"/></xsl:when>
          <xsl:when test="@state = 'set-aside'"><xsl:value-of select="t:t('set aside while it was read')"/></xsl:when>
          <xsl:when test="@state = 'discarded'"><xsl:value-of select="t:t('given up by an operator')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('waits to be read')"/></xsl:otherwise>
        </xsl:choose>
        <xsl:if test="@reason != ''">: <span lang="en"><xsl:value-of select="@reason"/></span></xsl:if>
      </p>
    </xsl:if>
  </xsl:template>

  <xsl:template match="finding">
    <li>
      <span class="severity {@severity}"><xsl:call-template name="severity-name"><xsl:with-param name="severity" select="@severity"/></xsl:call-template></span>
      <xsl:text> </xsl:text>
      <strong><xsl:call-template name="rule-name"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></strong>
      <div><xsl:call-template name="rule-advice"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></div>
      <div class="hint" lang="en"><xsl:value-of select="@message"/></div>
    </li>
  </xsl:template>

  <xsl:template name="severity-name">
    <xsl:param name="severity"/>
    <xsl:choose>
      <xsl:when test="$severity = 'error'"><xsl:value-of select="t:t('scan again')"/></xsl:when>
      <xsl:when test="$severity = 'warning'"><xsl:value-of select="t:t('look')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('note')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
