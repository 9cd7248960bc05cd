<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- The window that a viewer on another site opens, for its reader to log in
     or out here. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="head">
    <xsl:if test="window/@state = 'done'"><script src="/static/viewer-window.js" defer="defer"/></xsl:if>
  </xsl:template>

  <xsl:template name="title">
    <xsl:choose>
      <xsl:when test="window/@state = 'done'"><xsl:value-of select="t:t('You are logged in')"/></xsl:when>
      <xsl:when test="window/@state = 'refused'"><xsl:value-of select="t:t('This viewer is not known here')"/></xsl:when>
      <xsl:when test="window/@state = 'out'"><xsl:value-of select="t:t('You are logged out')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Log out')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="window/@state = 'done'">
        <p><xsl:value-of select="t:t('Close this window: the viewer goes on by itself.')"/></p>
      </xsl:when>
      <xsl:when test="window/@state = 'refused'">
        <p class="notice wrong" role="alert"><xsl:value-of select="t:t('What is not open to everybody is shown in viewers that the archive has named. Here you can read it at the archive itself.')"/></p>
      </xsl:when>
      <xsl:when test="window/@state = 'out'">
        <p><xsl:value-of select="t:t('Close this window.')"/></p>
      </xsl:when>
      <xsl:otherwise>
        <form class="card" method="post" action="/logout">
          <input type="hidden" name="csrf" value="{reader/@csrf}"/>
          <p><xsl:value-of select="t:t('This logs you out of the archive: the viewer then shows no more of what is not open to everybody.')"/></p>
          <button type="submit"><xsl:value-of select="t:t('Log out')"/></button>
        </form>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
