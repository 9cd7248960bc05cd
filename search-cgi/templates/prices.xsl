<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Prices')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="@done = 'set'"><p class="notice" role="status"><xsl:value-of select="t:t('The price is set.')"/></p></xsl:when>
      <xsl:when test="@done = 'wrong-sum'"><p class="notice wrong" role="alert"><xsl:value-of select="t:t('No price was set: the sum is euro and cents, like 1.50; 0 frees the role from paying.')"/></p></xsl:when>
      <xsl:when test="@done = 'wrong-days'"><p class="notice wrong" role="alert"><xsl:value-of select="t:t('No price was set: days like 2026-11-26, the first one today or later, the last one not before it.')"/></p></xsl:when>
    </xsl:choose>
    <p><xsl:value-of select="t:t('Of the prices whose days have come the one that was set last counts, one for the series before one for all. A role that no price was ever set for pays nothing.')"/>
      <xsl:text> </xsl:text>
      <xsl:value-of select="t:n('It is charged once, and stays open for %1 hour.', 'It is charged once, and stays open for %1 hours.', @hours)"/></p>
    <xsl:choose>
      <xsl:when test="price">
        <div class="scroll" tabindex="0" role="region" aria-label="{t:t('Table')}"><table>
          <thead><tr>
            <th scope="col"><xsl:value-of select="t:t('Role')"/></th>
            <th scope="col"><xsl:value-of select="t:t('Series')"/></th>
            <th scope="col"><xsl:value-of select="t:t('What')"/></th>
            <th scope="col" class="number"><xsl:value-of select="t:t('Euro')"/></th>
            <th scope="col"><xsl:value-of select="t:t('From the day')"/></th>
            <th scope="col"><xsl:value-of select="t:t('To the day')"/></th>
            <th scope="col"><xsl:value-of select="t:t('State')"/></th>
          </tr></thead>
          <tbody><xsl:apply-templates select="price"/></tbody>
        </table></div>
      </xsl:when>
      <xsl:otherwise><p class="notice"><xsl:value-of select="t:t('No price was ever set: nobody pays.')"/></p></xsl:otherwise>
    </xsl:choose>
    <h2 id="set"><xsl:value-of select="t:t('Another price')"/></h2>
    <form class="card" method="post" action="/prices/set">
      <input type="hidden" name="csrf" value="{reader/@csrf}"/>
      <div>
        <label for="chosen-role"><xsl:value-of select="t:t('Role')"/></label>
        <select id="chosen-role" name="chosen-role">
          <xsl:for-each select="role">
            <option value="{.}">
              <xsl:if test=". = /page/typed/@chosen-role"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
              <xsl:call-template name="role-name"><xsl:with-param name="role" select="."/></xsl:call-template>
            </option>
          </xsl:for-each>
        </select>
      </div>
      <div>
        <label for="chosen-series"><xsl:value-of select="t:t('Series')"/></label>
        <select id="chosen-series" name="chosen-series">
          <xsl:for-each select="series">
            <option value="{.}">
              <xsl:if test=". = /page/typed/@chosen-series"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
              <xsl:call-template name="series-name"><xsl:with-param name="series" select="."/></xsl:call-template>
            </option>
          </xsl:for-each>
        </select>
      </div>
      <div>
        <label for="what"><xsl:value-of select="t:t('What')"/></label>
        <select id="what" name="what">
          <xsl:call-template name="what-choice"><xsl:with-param name="what" select="'view'"/></xsl:call-template>
          <xsl:call-template name="what-choice"><xsl:with-param name="what" select="'row'"/></xsl:call-template>
          <xsl:call-template name="what-choice"><xsl:with-param name="what" select="'household'"/></xsl:call-template>
        </select>
      </div>
      <div>
        <label for="sum"><xsl:value-of select="t:t('Sum in euro')"/></label>
        <input id="sum" name="sum" type="text" inputmode="decimal" required="required" maxlength="14" autocomplete="off" value="{typed/@sum}" aria-describedby="sum-hint"/>
        <p class="hint" id="sum-hint"><xsl:value-of select="t:t('0: the role is exempt from paying here.')"/></p>
      </div>
      <div>
        <label for="from"><xsl:value-of select="t:t('From the day')"/></label>
        <input id="from" name="from" type="date" min="{@today}" value="{typed/@from}" aria-describedby="days-hint"/>
      </div>
      <div>
        <label for="to"><xsl:value-of select="t:t('To the day')"/></label>
        <input id="to" name="to" type="date" min="{@today}" value="{typed/@to}" aria-describedby="days-hint"/>
        <p class="hint" id="days-hint"><xsl:value-of select="t:t('Empty: from today on, and without end. Days are of UTC.')"/></p>
      </div>
      <button type="submit"><xsl:value-of select="t:t('Set the price')"/></button>
    </form>
  </xsl:template>

  <xsl:template name="what-choice">
    <xsl:param name="what"/>
    <option value="{$what}">
      <xsl:if test="$what = /page/typed/@what"><xsl:attribute name="selected">selected</xsl:attribute></xsl:if>
      <xsl:call-template name="what-name"><xsl:with-param name="what" select="$what"/></xsl:call-template>
    </option>
  </xsl:template>

  <xsl:template name="what-name">
    <xsl:param name="what"/>
    <xsl:choose>
      <xsl:when test="$what = 'row'"><xsl:value-of select="t:t('a row')"/></xsl:when>
      <xsl:when test="$what = 'household'"><xsl:value-of select="t:t('a household')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('a page')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="price">
    <tr>
      <td><xsl:call-template name="role-name"><xsl:with-param name="role" select="@role"/></xsl:call-template></td>
      <td><xsl:call-template name="series-name"><xsl:with-param name="series" select="@series"/></xsl:call-template></td>
      <td><xsl:call-template name="what-name"><xsl:with-param name="what" select="@what"/></xsl:call-template></td>
      <td class="number"><xsl:value-of select="@euro"/><xsl:if test="not(@euro)"><xsl:value-of select="t:t('exempt')"/></xsl:if></td>
      <td class="day"><xsl:value-of select="@from"/></td>
      <td class="day"><xsl:value-of select="@to"/><xsl:if test="@to = ''"><xsl:value-of select="t:t('no end')"/></xsl:if></td>
      <td><xsl:choose>
        <xsl:when test="@state = 'counts'"><strong><xsl:value-of select="t:t('counts')"/></strong></xsl:when>
        <xsl:when test="@state = 'future'"><xsl:value-of select="t:t('will count')"/></xsl:when>
        <xsl:when test="@state = 'past'"><xsl:value-of select="t:t('is over')"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('another was set since')"/></xsl:otherwise>
      </xsl:choose></td>
    </tr>
  </xsl:template>
</xsl:stylesheet>
